"""The console command and a run of the suite."""
