"""The commands of `jooya`, a module for what belongs together."""
