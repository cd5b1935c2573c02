package dial

import "slices"

// Files returns the files that say how to connect to a host: when one of them
// changes, it is worth to try again.
func Files(t Target, o Options) []string {
	o = o.withDefaults()
	files := []string{o.Config.User, o.Config.System, o.Secrets}
	if host, err := o.Config.Resolve(t.Host, t.User, t.Port); err == nil {
		files = slices.Concat(files, host.KnownHosts, host.IdentityFiles, host.CertificateFiles)
		if host.IdentityAgent != "none" {
			files = append(files, host.IdentityAgent)
		}
	}
	return files
}
