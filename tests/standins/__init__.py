"""Stand-ins of the platforms: real servers on loopback, with their limits, errors and faults."""
