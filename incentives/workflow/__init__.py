"""Which status may follow which: one table for offers, one for requests. Pure."""
