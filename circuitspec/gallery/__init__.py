"""A page for each verified circuit, and a table of all: what `circuitspec gallery` writes."""
