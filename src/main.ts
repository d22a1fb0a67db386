// Two doors to the same corridor: the page, and the handle that the command line and e2e drive.
if (new URLSearchParams(location.search).has('headless')) {
  void import('./headless').then(({ openHeadlessDoor }) => openHeadlessDoor());
} else {
  void import('./ui/mount').then(({ mount }) => mount());
}
