"""Claims about what becomes of the answer when nodes are given the values of another run.

After the interchange interventions of Geiger et al. 2021, "Causal abstractions of neural networks"
(section 3). Three conventions hold for all of these claims:

- The answer is the likelier of a pair's two answer tokens, at the last position. A tie is neither
  answer and speaks against every claim.
- A pair counts where the run answered both of its prompts rightly before anything was replaced.
  What becomes of answers that were wrong to begin with says nothing about what the nodes carry.
- It is measured in the full model and in the circuit alone, with values of the same kind of run,
  unless the claim names one of them. It has to hold in each.
"""
