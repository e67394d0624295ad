"""What all variants together say: statistics, the leaderboard, MLflow."""
