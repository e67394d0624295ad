"""Which word embedding should a text classifier use, by how much, and how sure is that?"""
