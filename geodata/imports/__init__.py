"""Files given by users: read with suspicion, refused with a reason."""
