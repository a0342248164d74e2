"""The table of options and the settings derived from them."""
