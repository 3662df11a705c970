"""What must not lose a word: crashes, bad lines, full disks, absent databases, strangers at every door."""
