"""`./halle bench`: what this tree does on this machine, printed beside what the machine could do at best."""
