"""The parts of ``benchmarks/scoreboard.py``: what is scored, how it is recorded, calibration, the table."""
