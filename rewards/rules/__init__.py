"""The rules of rewards: pure decisions over frozen facts. No framework, no clock, no database."""
