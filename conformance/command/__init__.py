"""The console command and one run of the suite."""
