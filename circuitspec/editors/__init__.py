"""What highlights `.circ` files outside of this package: the lexer for Pygments."""
