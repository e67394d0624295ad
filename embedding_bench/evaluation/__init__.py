"""Evaluation: metrics, statistics, selection on validation, and the leaderboard."""
