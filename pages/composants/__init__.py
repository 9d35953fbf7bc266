"""What the pages share: frame, state, loading, panels."""
