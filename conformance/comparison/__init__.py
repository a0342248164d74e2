"""The endpoint's vectors beside another endpoint's, a recording's or a collection's."""
