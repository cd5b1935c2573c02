package stamp

import "bytes"

// object walks over the members of a JSON object (RFC 8259 4) without decoding
// them. It sees only the object's own members: what is in objects and arrays
// inside it, or in strings, is passed over. Text that is no JSON, or is cut
// off, ends the walk.
type object struct {
	b []byte
	i int // behind the brace, a comma or a value
}

// member returns the next name, without its quotes and as it is written, and
// its value, quotes and brackets included. Both are empty at the end.
func (o *object) member() (name, value []byte) {
	i := o.white(o.i)
	if at(o.b, i) == ',' {
		i = o.white(i + 1)
	}
	if at(o.b, i) != '"' {
		return nil, nil
	}
	end := stringEnd(o.b, i+1)
	if end < 0 {
		return nil, nil
	}
	name = o.b[i+1 : end-1]
	if i = o.white(end); at(o.b, i) != ':' {
		return nil, nil
	}
	i = o.white(i + 1)
	if o.i = valueEnd(o.b, i); o.i < 0 {
		o.i = len(o.b)
		return nil, nil
	}
	return name, o.b[i:o.i]
}

func (o *object) white(i int) int {
	for i < len(o.b) && (o.b[i] == ' ' || o.b[i] == '\t' || o.b[i] == '\n' || o.b[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index behind the quote that ends the string whose
// first character is b[i], or -1.
func stringEnd(b []byte, i int) int {
	for begin := i; ; i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		back := i
		for back > begin && b[back-1] == '\\' {
			back--
		}
		if (i-back)%2 == 0 {
			return i + 1
		}
	}
}

// valueEnd returns the index behind the value at b[i:], or -1. It is never i.
func valueEnd(b []byte, i int) int {
	switch c := at(b, i); c {
	case '"':
		return stringEnd(b, i+1)
	case '{', '[':
		for depth := 0; i < len(b); i++ {
			switch b[i] {
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			case '"':
				if i = stringEnd(b, i+1); i < 0 {
					return -1
				}
				i--
			}
		}
	default:
		if c != '-' && !digit(c) && !letter(c) {
			return -1
		}
		for ; i < len(b); i++ {
			switch b[i] {
			case ',', '}', ']', ' ', '\t', '\r', '\n':
				return i
			}
		}
	}
	return -1
}

// plain returns the text of a value: that of a string without its quotes and
// escapes, cut at the size of buf, or that of a number or word as it is. Other
// values have none.
func plain(value []byte, buf *[64]byte) []byte {
	switch value[0] {
	case '{', '[':
		return nil
	case '"':
		value = value[1 : len(value)-1]
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	n := 0
	for i := 0; i < len(value) && n < len(buf); i++ {
		c := value[i]
		if c == '\\' && i+1 < len(value) {
			i++
			if c = value[i]; c == 'u' {
				c = ascii(value, i+1)
				i += 4
			}
		}
		buf[n] = c
		n++
	}
	return buf[:n]
}

// ascii returns the character whose four hexadecimal digits are at b[i:], or
// '?' for one that is not ASCII.
func ascii(b []byte, i int) byte {
	v := 0
	for n := range 4 {
		c := at(b, i+n)
		switch {
		case digit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return '?'
		}
		v = v<<4 | int(c)
	}
	if v >= 0x80 {
		return '?'
	}
	return byte(v)
}

// keyEnd returns the index behind the "=" of a logfmt pair that begins at
// b[i], or 0.
func keyEnd(b []byte, i int) int {
	begin := i
	for i < len(b) && (letter(b[i]) || digit(b[i]) || b[i] == '_' || b[i] == '.' || b[i] == '@' || b[i] == '-') {
		i++
	}
	if i == begin || at(b, i) != '=' || at(b, i+1) == '=' {
		return 0
	}
	return i + 1
}

// pair returns the first logfmt pair of a text and what is behind it. The value
// reaches from behind the "=", or behind the quote after it, to the end of the
// text; words without a value are passed over. Both are empty at the end.
func pair(b []byte) (name, value, rest []byte) {
	for i := 0; i < len(b); {
		if blank(b[i]) {
			i++
			continue
		}
		end := keyEnd(b, i)
		if end == 0 {
			n := bytes.IndexByte(b[i:], ' ')
			if n < 0 {
				return nil, nil, nil
			}
			i += n
			continue
		}
		name = b[i : end-1]
		if at(b, end) == '"' {
			if n := stringEnd(b, end+1); n > 0 {
				return name, b[end+1:], b[n:]
			}
			return name, b[end+1:], nil
		}
		if n := bytes.IndexByte(b[end:], ' '); n >= 0 {
			return name, b[end:], b[end+n:]
		}
		return name, b[end:], nil
	}
	return nil, nil, nil
}
