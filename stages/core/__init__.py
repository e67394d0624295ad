"""What every stage needs: settings, artifacts, errors."""
