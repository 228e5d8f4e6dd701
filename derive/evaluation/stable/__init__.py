"""Parts of the way to evaluation forms: ratios, folded exponentials, kinks and guards."""
