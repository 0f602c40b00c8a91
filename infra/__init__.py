"""The program: reads one stack's settings, builds components, exports outputs. Wiring only."""
