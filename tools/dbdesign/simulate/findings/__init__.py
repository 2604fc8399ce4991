"""What may be wrong with a plan, one file each; see `dbdesign.simulate.findings.base`."""
