"""The console command, its subcommands for the contract, and the display of a run."""
