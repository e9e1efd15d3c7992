"""The network: one door, with a guard and manners, and the walk over a website behind it."""
