"""JavaScript and TypeScript source as values, printed the way Prettier prints it: shared by the writers of Mongoose and Drizzle."""
