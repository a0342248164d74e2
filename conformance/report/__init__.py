"""Reporting: the verdict, the scoreboard, and the report files."""
