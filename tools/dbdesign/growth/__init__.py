"""Plans for growth: what a design will weigh, which limit of one machine it meets when, and the ladder of measures before sharding."""
