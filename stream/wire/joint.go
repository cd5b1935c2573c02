package wire

// Joint makes cursors that cover several streams while lines of one of them
// are sent: the others stand where they stood. The zero value makes cursors of
// one stream.
type Joint struct{ before, behind string }

// NewJoint returns the joint for lines of stream i, while the streams stand at
// places.
func NewJoint(of []Seal, places []Place, i int) Joint {
	var before, behind []byte
	for k, p := range places {
		switch {
		case k < i:
			before = append(AppendCursor(before, of[k], p), cursorJoint...)
		case k > i:
			behind = AppendCursor(append(behind, cursorJoint...), of[k], p)
		}
	}
	return Joint{string(before), string(behind)}
}

// Append appends the cursor of a place in the one stream.
func (j Joint) Append(dst []byte, of Seal, p Place) []byte {
	dst = append(dst, j.before...)
	dst = AppendCursor(dst, of, p)
	return append(dst, j.behind...)
}
