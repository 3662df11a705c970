"""The whole house at once: the real app, the real channels, and stand-ins of the platforms around it."""
