"""What a person typed -> an answer, or a kind word on what would be one."""
