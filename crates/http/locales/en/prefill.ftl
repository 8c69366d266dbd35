field-publiccode = publiccode.yml
field-publiccode-hint = For open software: the address of its repository or of the file, or its text. It fills in what is empty.
writing-prefill = Fill in from publiccode.yml
