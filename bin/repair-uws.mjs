// Placeholder until the repair step lands.
