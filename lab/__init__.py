"""Development tools to train stand-ins, check exactness, and measure speed; not shipped."""
