"""What is shown: verdict, scoreboard, report files."""
