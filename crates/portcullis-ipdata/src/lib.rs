//! What is known of an address, from files and, if the operator asks for it, from others.
