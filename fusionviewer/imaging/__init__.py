"""Where volumes come from and go to. Only this floor and its upper neighbours know SimpleITK."""
