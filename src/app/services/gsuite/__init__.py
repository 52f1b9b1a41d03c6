"""Google's side: drafts in the reps' Gmail, and messages in Google Chat."""
