"""Schema of the register, one step per version; applied when the register is opened."""
