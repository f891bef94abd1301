"""Results for people and for programs: each file makes one form of them; none decides anything."""
