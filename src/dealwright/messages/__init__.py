"""What goes to people: mails, and notices inside the product. Engines queue a topic; who sends it is not their concern."""
