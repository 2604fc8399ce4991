"""What a design wants of its rows' lifecycle, as SQL of each engine, and proven on the embedded server.

    scripts = compose(design, Engine.POSTGRESQL, version)     # what is run after the schema, and what the program sends
    steps = prove(design)                                     # what was executed, and seen

One module a concern says what it is made of; `postgresql`, `mysql`, … write it; `proof` runs it.
"""
