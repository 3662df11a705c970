"""What is remembered: the tables and the only SQL of the house."""
