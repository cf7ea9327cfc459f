"""What `pytest` collects, what it leaves alone, and what that costs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.command_line import SPEC

pytest_plugins = ("pytester",)

NODES = "specs/quotes.circ::quotes::"


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """The ids of the tests, in order."""
    lines = pytester.runpytest("--collect-only", "-q", *arguments).outlines
    return [line for line in lines if "::" in line]


def test_a_folder_needs_no_configuration(project):
    assert collected(project, "specs") == [
        f"{NODES}check",
        f"{NODES}sufficient",
        f"{NODES}necessary",
    ]


def test_claims_have_the_names_that_certificates_give_them(project):
    text = SPEC.replace("necessary:  loss >= 0.60", "sufficient: accuracy >= 95%")
    project.path.joinpath("specs", "quotes.circ").write_text(text)
    assert collected(project, "specs")[1:] == [
        f"{NODES}sufficient: loss <= 0.15",
        f"{NODES}sufficient: accuracy >= 0.95",
    ]


def test_two_circuits_of_a_file(project):
    more = SPEC.partition("\n\n")[2].replace("circuit quotes", "circuit again")
    project.path.joinpath("specs", "quotes.circ").write_text(SPEC + more)
    assert len(collected(project, "specs")) == 6
    assert len(collected(project, "specs/quotes.circ::again")) == 3
    assert collected(project, "specs/quotes.circ::again::necessary") == [
        "specs/quotes.circ::again::necessary"
    ]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["-k", "necessary"], ["necessary"]),
        (["-k", "quotes and not check"], ["sufficient", "necessary"]),
        (["-m", "circuit"], ["check", "sufficient", "necessary"]),
        (["-m", "not circuit"], []),
    ],
)
def test_selecting(project, arguments, names):
    project.makepyfile(test_other="def test_it(): pass")
    found = collected(project, "specs", *arguments)
    assert found == [f"{NODES}{name}" for name in names]


def test_strict_markers_and_warnings_as_errors_are_no_obstacle(project):
    result = project.runpytest("specs", "--strict-markers", "--strict-config", "-Werror")
    result.assert_outcomes(passed=3)


def test_one_line_says_what_is_judged_against_which_model(project):
    result = project.runpytest("specs", "--collect-only")
    result.stdout.fnmatch_lines(["circuitspec: 1 circuit, 2 claims, the model that each names"])
    result = project.runpytest("specs", "--collect-only", "--circ-model", "elsewhere")
    result.stdout.fnmatch_lines(["circuitspec: 1 circuit, 2 claims, the model elsewhere"])


def test_the_order_is_always_the_same(project):
    for name in ("b", "a", "c"):
        text = SPEC.replace("circuit quotes", f"circuit {name}")
        project.path.joinpath("specs", f"{name}.circ").write_text(text)
    files = [line.partition("::")[0] for line in collected(project, "specs")]
    assert list(dict.fromkeys(files)) == [f"specs/{n}.circ" for n in ("a", "b", "c", "quotes")]


def test_a_project_can_say_which_files(project):
    project.path.joinpath("other.circ").write_text(SPEC)
    project.makeini("[pytest]\ncirc_files =")
    assert collected(project) == []
    # What is named is collected anyway.
    assert len(collected(project, "specs/quotes.circ")) == 3
    project.makeini("[pytest]\ncirc_files = specs/*.circ")
    assert {line.partition("::")[0] for line in collected(project)} == {"specs/quotes.circ"}


def test_files_of_other_programs_are_left_alone_unless_they_are_named(project):
    project.path.joinpath("specs", "adder.circ").write_text('<?xml version="1.0"?>\n<project/>\n')
    assert len(collected(project, "specs")) == 3
    result = project.runpytest("specs/adder.circ")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["error[[]not-a-spec[]]: *"])


def test_a_file_with_mistakes_is_a_collection_error_with_our_text(project):
    project.path.joinpath("specs", "quotes.circ").write_text(SPEC.replace("kind ->", "knd ->"))
    result = project.runpytest("specs")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "error[[]unknown-name[]]: no node is called `knd`",
            f"  --> {project.path.joinpath('specs', 'quotes.circ').relative_to(project.path)}:16:8",
            "*did you mean `kind`?",
        ]
    )
    assert "circuitspec/pytest_plugin" not in result.stdout.str()


def test_collecting_does_not_import_torch(project):
    project.makeconftest(
        "import sys\n"
        "def pytest_collection_finish(session):\n"
        "    assert 'torch' not in sys.modules\n"
        "    assert 'circuitspec.language' in sys.modules\n"
    )
    result = project.runpytest_subprocess("specs", "--collect-only", "-q")
    assert result.ret == 0, result.stdout.str()


def test_a_run_without_specs_pays_nothing(pytester):
    pytester.makepyfile("def test_it(): pass")
    pytester.makeconftest(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        "    ours = {m for m in sys.modules if m.startswith('circuitspec')}\n"
        "    assert ours == {'circuitspec', 'circuitspec.pytest_plugin'}, ours\n"
        "    heavy = {'torch', 'numpy', 'lark', 'pydantic', 'rich', 'typer'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    result = pytester.runpytest_subprocess()
    assert result.ret == 0, result.stdout.str() + result.stderr.str()
    assert "circuitspec:" not in result.stdout.str()


def test_importing_the_plugin_imports_pytest_and_nothing_else_that_is_installed():
    code = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import circuitspec.pytest_plugin\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "assert new - set(sys.stdlib_module_names) == {'circuitspec'}, new\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
