"""Training weight-sparse transformers (Gao et al. 2025, section 2.1)."""
