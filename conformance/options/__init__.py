"""The options: their table and the settings made from it."""
