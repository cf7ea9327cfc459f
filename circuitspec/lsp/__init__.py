"""The language server: what an editor asks about `.circ` files, answered while they are written.

    document -> diagnostics, hover, definition, completion, symbols, fixes      plain values
    server -> session, questions, names -> protocol                             the protocol

Only `server` and what it is made of (`session`, `questions`, `names`, `protocol`) know the protocol
and need pygls. Nothing here imports torch.
"""
