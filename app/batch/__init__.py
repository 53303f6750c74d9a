"""Thousands of files in one go: plan → ledger ⇄ worker processes → exports and a summary page.

``run.run_batch`` is the entrance. Every page's result is in the ledger before the next step is taken, so the
process may be killed at any instant and started again: nothing is lost and nothing is done twice.
"""
