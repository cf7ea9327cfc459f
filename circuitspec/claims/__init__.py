"""What each kind of claim measures: from a circuit, a task and a claim to an estimate."""
