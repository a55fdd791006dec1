"""How an instance of Halle is set up, started, watched and tested on one machine."""
