"""Development tools that train stand-ins, check exactness, and measure speed; not shipped."""
