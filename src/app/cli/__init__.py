"""What people type. One file a command group; everything heavy is imported when it is used."""
