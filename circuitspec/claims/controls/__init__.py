"""Controls: what chance, other circuits, further searches and nonsense come to, for comparison."""
